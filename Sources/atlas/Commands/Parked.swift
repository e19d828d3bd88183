import ArgumentParser
struct DemoCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "demo") }
struct QueryCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "query") }
struct ExportCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "export") }
struct InfoCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "info") }
struct VerifyCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "verify") }
struct SQLCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "sql") }

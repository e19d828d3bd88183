import Foundation
import Testing

/// The command `atlas serve`, as another process.
@Suite(.serialized) struct StoppingTests {
    private static let program = Bundle.main.bundleURL.appendingPathComponent("atlas").path

    /// Starts the command and gives the port that it prints.
    private func start(_ arguments: [String]) throws -> (process: Process, port: Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["serve"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try #require(line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\//).flatMap { Int($0.1) })
        return (process, port)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a server that is asked to stop answers what it has begun`(signal: Int32) throws {
        let (process, port) = try start([try DemoService.copy(), "--port", "0"])
        let idle = try SocketClient(port: port)
        idle.send("GET /api/v1/tags HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let client = try SocketClient(port: port)
        let body = #"{"label": "Texas"}"#
        client.send(
            "PUT /api/v1/features/5/283/label HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
        Thread.sleep(forTimeInterval: 0.3)
        kill(process.processIdentifier, signal)
        Thread.sleep(forTimeInterval: 0.3)
        #expect(throws: SocketClient.Failure.self) { try SocketClient(port: port) }
        client.send(body)
        #expect(try client.finish().status == 200)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `an address that others can reach is refused without a token`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["serve", try DemoService.copy(), "--host", "0.0.0.0", "--port", "0"]
        let error = Pipe()
        process.standardError = error
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        let said = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(said.contains("--token-file"))
    }
}

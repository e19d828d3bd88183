import AtlasStore

/// The manual page of this program, made of its help: text with the macros of man(7), which man, groff and mandoc read.
struct ManualPage {
    private let program: CommandDescription
    private let version: String

    /// Describes a program.
    init(_ program: CommandDescription, version: String) {
        self.program = program
        self.version = version
    }

    /// The page.
    var text: String {
        let name = program.commandName
        var lines = [
            #".\" Made by "\#(name) manual" of the help of its commands."#,
            ".TH \(name.uppercased()) 1 \"\" \"Feature Atlas \(version)\"", ".SH NAME",
            "\(name) \\- " + Self.escaped(lowercasedStart(of: program.abstract ?? "")), ".SH SYNOPSIS",
            ".B \(name)", #"\fIcommand\fR [\fIarguments\fR]"#, ".br", ".B \(name)", #"\fIcommand\fR \fB\-\-help\fR"#,
            ".SH DESCRIPTION",
        ]
        lines += Self.paragraphs(program.discussion).drop { $0 == ".PP" }
        lines.append(".SH COMMANDS")
        for command in program.leaves { lines += section(command) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ command: CommandDescription) -> [String] {
        var lines = [".SS " + Self.escaped(command.fullName)]
        lines.append(Self.escaped(command.abstract ?? ""))
        lines += Self.paragraphs(command.discussion)
        for argument in command.ownArguments { lines += Self.item(argument) }
        return lines
    }

    private func lowercasedStart(of text: String) -> String {
        let sentence = text.hasSuffix(".") ? String(text.dropLast()) : text
        return sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    /// An option with what it takes and does.
    private static func item(_ argument: CommandDescription.Argument) -> [String] {
        let value = "\\fI" + escaped(argument.valueName ?? "value") + "\\fR"
        let names = (argument.names ?? []).map { name in
            "\\fB" + escaped((name.kind == "long" ? "--" : "-") + name.name) + "\\fR"
        }
        let head: String
        switch argument.kind {
        case .positional: head = value
        case .option: head = names.joined(separator: ", ") + " " + value
        case .flag: head = names.joined(separator: ", ")
        }
        var text = (argument.abstract ?? "") + (argument.discussion.map { " " + $0 } ?? "")
        if argument.isRepeating, argument.kind != .positional { text += " May be given many times." }
        // A default that depends on the machine is told in words.
        if let fallback = argument.defaultValue, !text.contains("unless given") { text += " (default: \(fallback))" }
        if !argument.isOptional, argument.kind == .option { text += " Required." }
        return [".TP", head, escaped(text.trimmingPrefix(" ").description)]
    }

    /// A discussion: paragraphs are filled, lines that begin with spaces stand as they are.
    private static func paragraphs(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        var lines: [String] = []
        var isExample = false
        var startsParagraph = true
        func end() {
            if isExample { lines += [".fi", ".RE"] }
            isExample = false
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard !line.isEmpty else {
                end()
                startsParagraph = true
                continue
            }
            if line.hasPrefix("  ") {
                if !isExample { lines += [".PP", ".RS 2", ".nf"] }
                isExample = true
                lines.append(escaped(String(line.dropFirst(2))))
            } else {
                end()
                if startsParagraph { lines.append(".PP") }
                lines.append(escaped(String(line)))
            }
            startsParagraph = false
        }
        end()
        return lines
    }

    /// A line of text in which nothing is a macro: other characters than those of ASCII by their numbers.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\n", "\r": result += " "
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
            }
        }
        return result.hasPrefix(".") ? "\\&" + result : result
    }
}

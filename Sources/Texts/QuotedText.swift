extension StringProtocol {
    /// The text in quotes, on one line: line breaks, quotes and what does not show are written out.
    package var quotedInOneLine: String { "\"" + escaped { $0.escaped(asASCII: false) } + "\"" }

    /// The text on one line: line breaks and control characters are written out.
    package var inOneLine: String {
        escaped { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }
    }

    private func escaped(_ usual: (Unicode.Scalar) -> String) -> String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .lineSeparator, .paragraphSeparator: text += "\\u{\(String(scalar.value, radix: 16))}"
            case .control where scalar.value >= 0x80: text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text += usual(scalar)
            }
        }
        return text
    }
}

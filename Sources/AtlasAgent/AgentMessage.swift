import Texts

/// What is said to a language model's program, by the shapes of JSON-RPC 2.0 and of the Model Context Protocol.
enum AgentMessage {
    /// What a request is known by.
    enum ID: Encodable {
        case text(String)
        case number(Int)

        init?(_ value: JSONValue?) {
            switch value {
            case .string(let text): self = .text(text)
            case .integer(let number): self = .number(number)
            default: return nil
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            }
        }
    }

    /// An answer.
    struct Result<Content: Encodable>: Encodable {
        let jsonrpc = "2.0"
        let id: ID
        let result: Content
    }

    /// Why there is none.
    struct Failure: Encodable {
        struct Reason: Encodable {
            let code: Int
            let message: String
        }

        private enum CodingKeys: CodingKey { case jsonrpc, id, error }

        /// `nil` where the request could not be read.
        let id: ID?
        let error: Reason

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode("2.0", forKey: .jsonrpc)
            try container.encode(id, forKey: .id)
            try container.encode(error, forKey: .error)
        }
    }

    /// What is said first.
    struct Welcome: Encodable {
        struct Capabilities: Encodable {
            let tools = Nothing()
        }

        struct Program: Encodable {
            let name: String
            let version: String
        }

        let protocolVersion: String
        let capabilities = Capabilities()
        let serverInfo: Program
        let instructions: String
    }

    /// `{}`.
    struct Nothing: Encodable {}

    /// What can be called.
    struct Tools: Encodable {
        let tools: [AgentTool]
    }

    /// What a tool says.
    struct ToolAnswer: Encodable {
        struct Text: Encodable {
            let type = "text"
            let text: String
        }

        let content: [Text]
        let isError: Bool

        init(_ text: String, isError: Bool) {
            content = [Text(text: text)]
            self.isError = isError
        }
    }
}

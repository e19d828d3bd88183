import AtlasInterface
import AtlasStore
import Foundation
import Tensors
import Texts

/// Answers a language model's questions to an atlas by the Model Context Protocol: JSON-RPC 2.0, one message a line.
///
/// It offers what only reads: every question that has a route, as a tool. What goes wrong with a question is the tool's
/// answer, so that the model can ask again; what is no question is an error of the protocol.
///
/// - SeeAlso: the protocol's specification of 2025-06-18, "Lifecycle", "Tools" and "Transports: stdio".
public struct AgentServer: Sendable {
    /// Versions of the protocol whose messages are these, the newest first.
    private static let versions = ["2025-06-18", "2025-03-26", "2024-11-05"]

    private static let instructions = """
        An atlas of what a language model computes, over a corpus of prompts: features, attribution graphs and circuits. \
        Start with atlas and tags; search finds prompts; logits (with search) finds a token's id, logit what drives it; \
        feature tells one feature by layer and index, feature_upstream and feature_downstream its neighbours; \
        prompt_graph one prompt's graph; circuits the circuit of a token, a feature or a group (where: tag=value).
        """

    private let service: AtlasService
    private let seconds: Double?

    /// - Parameters:
    ///   - service: whom to ask
    ///   - seconds: what a question may take; `nil`: as long as it needs
    public init(_ service: AtlasService, questionSeconds seconds: Double? = nil) {
        self.service = service
        self.seconds = seconds
    }

    /// Answers one line.
    ///
    /// - Returns: one line of JSON without its end; `nil` where nothing is to be said
    public func answer(_ line: [UInt8]) -> Data? {
        let request: JSONValue
        do throws(JSONSyntaxError) {
            request = try JSONText.parse(line)
        } catch {
            return failure(
                nil, -32_700,
                "line \(error.line), column \(error.column): expected \(error.expected), found \(error.found)")
        }
        guard case .object(let members) = request, case .string("2.0")? = members["jsonrpc"],
            case .string(let method)? = members["method"]
        else {
            // An answer to what this server never asks, or no message.
            if case .object(let members) = request, members["result"] != nil || members["error"] != nil { return nil }
            return failure(nil, -32_600, "expected a JSON-RPC 2.0 request with a method")
        }
        guard let id = AgentMessage.ID(members["id"]) else {
            return members["id"] == nil
                ? nil : failure(nil, -32_600, "id: expected a text or a whole number")
        }
        switch method {
        case "initialize": return message(id, welcome(members["params"]))
        case "ping": return message(id, AgentMessage.Nothing())
        case "tools/list": return message(id, AgentMessage.Tools(tools: AgentTool.all))
        case "tools/call": return call(id, members["params"])
        default: return failure(id, -32_601, "there is no method \(method.debugDescription)")
        }
    }

    private func welcome(_ parameters: JSONValue?) -> AgentMessage.Welcome {
        var version = Self.versions[0]
        if case .object(let members)? = parameters, case .string(let asked)? = members["protocolVersion"],
            Self.versions.contains(asked)
        {
            version = asked
        }
        return AgentMessage.Welcome(
            protocolVersion: version,
            serverInfo: .init(name: "feature-atlas", version: Atlas.programVersion), instructions: Self.instructions)
    }

    private func call(_ id: AgentMessage.ID, _ parameters: JSONValue?) -> Data? {
        guard case .object(let members)? = parameters, case .string(let name)? = members["name"] else {
            return failure(id, -32_602, "params: expected a tool's name and arguments")
        }
        guard let tool = AgentTool.all.first(where: { $0.name == name }) else {
            return failure(id, -32_602, "there is no tool \(name.debugDescription)")
        }
        do {
            let target = try tool.target(arguments(members["arguments"]))
            let answer = try Cancellation(limit: seconds).run { try service.answer(.get, target) }
            return message(id, AgentMessage.ToolAnswer(String(decoding: answer.bytes, as: UTF8.self), isError: false))
        } catch {
            let problem = error as? Problem ?? Problem(error)
            let hint = problem.nearest.map { "; near: " + $0.joined(separator: ", ") } ?? ""
            return message(
                id, AgentMessage.ToolAnswer("\(problem.title): \(problem.detail)\(hint)", isError: true))
        }
    }

    /// Names and values of a call, as an address would have them.
    private func arguments(_ value: JSONValue?) throws(Problem) -> [(name: String, value: String)] {
        guard let value else { return [] }
        guard case .object(let members) = value else {
            throw Problem(400, "Wrong question", "arguments: expected an object")
        }
        var found: [(name: String, value: String)] = []
        for member in members {
            switch member.value {
            case .null: continue
            case .string(let text): found.append((member.name, text))
            case .integer(let number): found.append((member.name, "\(number)"))
            case .fraction(let number): found.append((member.name, "\(number)"))
            case .numeral(let digits): found.append((member.name, digits))
            case .boolean(let isTrue): found.append((member.name, isTrue ? "yes" : "no"))
            case .array, .object:
                throw Problem(400, "Wrong question", "\(member.name): expected a text or a number")
            }
        }
        return found
    }

    private func message(_ id: AgentMessage.ID, _ result: some Encodable) -> Data? {
        try? AtlasService.json(AgentMessage.Result(id: id, result: result))
    }

    private func failure(_ id: AgentMessage.ID?, _ code: Int, _ message: String) -> Data? {
        try? AtlasService.json(AgentMessage.Failure(id: id, error: .init(code: code, message: message)))
    }
}

extension [JSONMember] {
    /// The value of a name.
    fileprivate subscript(_ name: String) -> JSONValue? { first { $0.name == name }?.value }
}

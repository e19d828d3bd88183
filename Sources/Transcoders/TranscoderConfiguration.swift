import Circuits
import Foundation
import Yams

/// `config.yaml` of a transcoder folder.
struct TranscoderConfiguration {
    /// Which activation function a set asks for; thresholds among the weights make the first one JumpReLU.
    enum Activation: Equatable {
        case relu
        case topK(Int)
    }

    let path: String
    let kind: TranscoderKind
    let inputHook: InputHook
    let outputHook: OutputHook
    let scan: String?
    let activation: Activation
    /// The files of the set in order of layer, as they are named; `nil` where they are found by name.
    let files: [String]?

    /// - Throws: `TranscoderError` with the field, what was expected and found.
    init(folder: String) throws(TranscoderError) {
        let path = folder + "/config.yaml"
        let fields = try YAMLFields(path: path)
        self.path = path
        try fields.refuseUnknown(besides: Self.known)
        switch fields.text("model_kind") {
        case "transcoder_set": kind = .perLayer
        case "cross_layer_transcoder": kind = .crossLayer
        default: throw fields.unexpected("model_kind", "transcoder_set or cross_layer_transcoder")
        }
        inputHook = try Self.hook("feature_input_hook", in: fields)
        outputHook = try Self.hook("feature_output_hook", in: fields)
        scan = fields.text("scan")
        activation = try Self.activation(in: fields)
        files = fields.has("transcoders") ? try Self.files(in: fields) : nil
    }

    private static let known: Set<String> = [
        "model_name", "model_kind", "feature_input_hook", "feature_output_hook", "transcoders", "scan", "activation",
        "k",
    ]

    private static func activation(in fields: YAMLFields) throws(TranscoderError) -> Activation {
        switch fields.text("activation") {
        case nil where !fields.has("activation"), "relu": return .relu
        case "topk":
            guard let count = fields.integer("k"), count > 0 else {
                throw fields.unexpected("k", "how many features topk keeps, at least 1")
            }
            return .topK(count)
        default: throw fields.unexpected("activation", "relu or topk")
        }
    }

    private static func files(in fields: YAMLFields) throws(TranscoderError) -> [String] {
        guard let names = fields.texts("transcoders"), !names.isEmpty, !names.contains(where: \.isEmpty) else {
            throw fields.unexpected("transcoders", "a list of file names")
        }
        return names
    }

    private static func hook<Hook: RawRepresentable & CaseIterable>(_ name: String, in fields: YAMLFields)
        throws(TranscoderError) -> Hook where Hook.RawValue == String
    {
        guard let hook = fields.text(name).flatMap(Hook.init(rawValue:)) else {
            throw fields.unexpected(name, "one of " + Hook.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return hook
    }
}

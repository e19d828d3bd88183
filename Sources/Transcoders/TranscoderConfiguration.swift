import Foundation
import Yams

/// `config.yaml` of a transcoder folder.
struct TranscoderConfiguration {
    let path: String
    let kind: TranscoderSet.Kind
    let inputHook: InputHook
    let outputHook: OutputHook
    let scan: String?
    /// The files of a per-layer set, in order of layer; `nil` where they are found by name.
    let files: [String]?

    /// - Throws: `TranscoderError` with the field, what was expected and found.
    init(folder: String) throws(TranscoderError) {
        path = folder + "/config.yaml"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TranscoderError(file: path, "cannot be read; a transcoder folder holds config.yaml beside its weights")
        }
        let fields = try Self.fields(of: data, path: path)
        switch fields["model_kind"] as? String {
        case "transcoder_set": kind = .perLayer
        case "cross_layer_transcoder": kind = .crossLayer
        default:
            throw TranscoderError(
                file: path, place: "model_kind",
                "expected transcoder_set or cross_layer_transcoder, found \(Self.shown(fields["model_kind"]))")
        }
        inputHook = try Self.hook(fields["feature_input_hook"], place: "feature_input_hook", path: path)
        outputHook = try Self.hook(fields["feature_output_hook"], place: "feature_output_hook", path: path)
        scan = fields["scan"] as? String
        if let activation = fields["activation"], activation as? String != "relu" {
            throw TranscoderError(
                file: path, place: "activation", "expected relu, found \(Self.shown(activation))")
        }
        if let list = fields["transcoders"] {
            guard let names = list as? [String], !names.isEmpty else {
                throw TranscoderError(file: path, place: "transcoders", "expected a list of file names")
            }
            files = names
        } else {
            files = nil
        }
    }

    private static func fields(of data: Data, path: String) throws(TranscoderError) -> [String: Any] {
        let object: Any?
        do {
            object = try Yams.load(yaml: String(decoding: data, as: UTF8.self))
        } catch {
            let reason = String(describing: error).split(separator: "\n").first.map(String.init) ?? "no YAML"
            throw TranscoderError(file: path, "is no YAML: \(reason)")
        }
        guard let fields = object as? [String: Any] else {
            throw TranscoderError(file: path, "expected fields by name")
        }
        return fields
    }

    private static func hook<Hook: RawRepresentable & CaseIterable>(_ value: Any?, place: String, path: String)
        throws(TranscoderError) -> Hook where Hook.RawValue == String
    {
        guard let text = value as? String, let hook = Hook(rawValue: text) else {
            let known = Hook.allCases.map(\.rawValue).joined(separator: ", ")
            throw TranscoderError(file: path, place: place, "expected one of \(known), found \(shown(value))")
        }
        return hook
    }

    private static func shown(_ value: Any?) -> String { value.map { "\($0)" } ?? "nothing" }
}

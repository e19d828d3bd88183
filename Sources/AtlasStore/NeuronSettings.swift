import Circuits
import Foundation

extension NeuronOptions {
    /// As an atlas keeps them: a JSON object with sorted names.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("options hold numbers that are not finite")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The options that an atlas was made with; `nil` for one of transcoders.
    public init?(_ identity: AtlasIdentity) {
        guard let settings = identity.neuronSettings,
            let options = try? JSONDecoder().decode(NeuronOptions.self, from: Data(settings.utf8))
        else { return nil }
        self = options
    }
}

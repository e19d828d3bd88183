import Foundation

/// The demo's model, transcoders and corpus, which lie beside the program; see Demo/README.md.
public struct DemoData: Sendable {
    /// The language model's folder.
    public let model: String
    /// The cross-layer transcoder's folder.
    public let transcoders: String
    /// 3,000 prompts with one right next token each.
    public let corpus: String

    /// Finds the data in the resource folder that the build puts beside the program.
    ///
    /// - Throws: `DemoDataError` when it is not there, as after the program alone was moved.
    public init() throws(DemoDataError) {
        let folder = Bundle.main.bundleURL.appendingPathComponent("FeatureAtlas_DemoData.resources/Demo").path
        guard FileManager.default.fileExists(atPath: folder + "/corpus.jsonl") else {
            throw DemoDataError(folder: folder)
        }
        model = folder + "/model"
        transcoders = folder + "/transcoders"
        corpus = folder + "/corpus.jsonl"
    }
}

/// The demo's data does not lie beside the program.
public struct DemoDataError: Error, CustomStringConvertible {
    let folder: String

    /// One line that says what to do.
    public var description: String {
        "\(folder): expected the demo's data, found nothing; run the program from where it was built, or move its resources with it"
    }
}

import Files
import Foundation

extension TrainingReport {
    /// The report's name in the folder of a set, and that of its picture.
    public static let fileName = "training.json"
    /// See ``fileName``.
    public static let pictureName = "training.svg"

    /// Writes the report and its picture.
    ///
    /// - Throws: `FileError`
    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(encoder.encode(self), to: folder + "/" + Self.fileName)
        let title =
            "\(settings.architecture.rawValue) of \(model): \(settings.featureCount) features a layer, "
            + "\(settings.activation.rawValue), \(curve.last?.step ?? 0) of \(settings.steps) steps"
        try AtomicFile.write(
            Data(CurvePicture(points: curve, title: title).svg.utf8), to: folder + "/" + Self.pictureName)
    }
}

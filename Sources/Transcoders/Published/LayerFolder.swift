import Foundation

/// A folder of a published set: the fields and the weights of one layer.
struct LayerFolder {
    /// How it is written.
    let format: any PublishedFormat.Type
    let path: String

    var configurationPath: String { path + "/" + format.configurationName }
    var weightPath: String { path + "/" + format.weightName }

    /// How far below the set's folder a layer may lie: `layer_0/width_16k/average_l0_10`.
    private static let deepest = 4

    /// Every layer's folder in `folder`, itself included, in order of path; none where it is no published set.
    static func all(in folder: String) -> [LayerFolder] {
        var found: [LayerFolder] = []
        search(folder, depth: 0, into: &found)
        return found
    }

    private static func search(_ folder: String, depth: Int, into found: inout [LayerFolder]) {
        let manager = FileManager.default
        for format in PublishedFormats.all {
            let names = [format.configurationName, format.weightName]
            if names.allSatisfy({ manager.fileExists(atPath: folder + "/" + $0) }) {
                found.append(LayerFolder(format: format, path: folder))
            }
        }
        guard depth < deepest, let names = try? manager.contentsOfDirectory(atPath: folder) else { return }
        for name in names.sorted() where !name.hasPrefix(".") {
            var isFolder: ObjCBool = false
            let path = folder + "/" + name
            if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                search(path, depth: depth + 1, into: &found)
            }
        }
    }
}

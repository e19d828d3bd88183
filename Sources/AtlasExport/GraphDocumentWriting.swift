import Files
import Foundation
import Texts

extension GraphDocument {
    /// The document as JSON, its fields in the order in which the reference implementation writes them.
    public var json: Data {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("metadata")
            metadata.write(to: &writer)
            writer.key("qParams")
            view.write(to: &writer)
            writer.key("nodes")
            writer.array { writer in
                for node in nodes { node.write(to: &writer) }
            }
            writer.key("links")
            writer.array { writer in
                for link in links { link.write(to: &writer) }
            }
        }
        return Data(writer.bytes)
    }

    /// Writes `<slug>.json` into `folder`, making the folder, and enters the graph in its `graph-metadata.json`.
    ///
    /// Each file is replaced in one step, the graph before the list, so that a reader never sees half of one; programs
    /// that enter graphs at the same moment take turns.
    ///
    /// A file of that name is replaced where it is about the same prompt and transcoders, an earlier export; any other is
    /// left as it is, unless told otherwise.
    /// - Parameter overwriting: replace any file of that name
    /// - Returns: the graph's file.
    /// - Throws: `ExportError` for a slug that is no slug, a file that is about something else, a list that cannot be
    ///   understood, which is left as it is, or a folder that cannot be written.
    @discardableResult
    public func write(to folder: URL, overwriting: Bool = false) throws -> URL {
        guard try GraphSlug(metadata.slug).description == metadata.slug else {
            throw ExportError(
                place: "graph slug", expected: "a to z, 0 to 9 and single hyphens", found: "'\(metadata.slug)'",
                advice: "make it with GraphSlug")
        }
        return try writing(to: folder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try Folder.whileLocked(folder.path) {
                let list = try GraphList(in: folder)
                let file = folder.appendingPathComponent("\(metadata.slug).json")
                guard overwriting || !FileManager.default.fileExists(atPath: file.path) || isAboutSame(as: file) else {
                    throw ExportError(
                        place: file.path, expected: "no file, or an earlier export of the same prompt",
                        found: "another file", advice: "choose another name (--slug) or replace it (--overwrite)")
                }
                try AtomicFile.write(json, to: file.path)
                try list.replacing(metadata).write()
                return file
            }
        }
    }

    /// Whether a file is a graph of the same prompt and transcoders.
    private func isAboutSame(as file: URL) -> Bool {
        guard let data = try? Data(contentsOf: file),
            let earlier = try? JSONDecoder().decode(EarlierGraph.self, from: data).metadata
        else { return false }
        return ExactText(earlier.prompt) == ExactText(metadata.prompt)
            && ExactText(earlier.scan) == ExactText(metadata.scan)
    }

    /// What tells whose graph a file is.
    private struct EarlierGraph: Decodable {
        struct Metadata: Decodable {
            let prompt: String
            let scan: String
        }
        let metadata: Metadata
    }

    /// Writes the graph to `file`, in the place of any other, and enters it in the `graph-metadata.json` beside it if it
    /// has the name by which viewers ask for it.
    ///
    /// - Returns: whether it was entered
    /// - Throws: `ExportError` when the file cannot be written, or, when it is, for a list that cannot be understood
    public func write(toNamedFile file: URL) throws -> Bool {
        try writing(to: file) {
            guard file.lastPathComponent == "\(metadata.slug).json" else {
                try AtomicFile.write(json, to: file.path)
                return false
            }
            let folder = file.deletingLastPathComponent()
            // The graph first: it may have taken long to compute.
            try AtomicFile.write(json, to: file.path)
            return try Folder.whileLocked(folder.path) {
                try GraphList(in: folder).replacing(metadata).write()
                return true
            }
        }
    }
}

extension GraphDocument.Metadata {
    /// Writes the object that is both in the graph's file and in the folder's list.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("slug")
            writer.value(slug)
            writer.key("scan")
            writer.value(scan)
            writer.key("transcoder_list")
            writer.value(transcoderList)
            writer.key("prompt_tokens")
            writer.value(promptTokens)
            writer.key("prompt")
            writer.value(prompt)
            writer.key("node_threshold")
            writer.value(nodeThreshold)
            writer.key("schema_version")
            writer.value(Self.schemaVersion)
            if let sourceSet {
                writer.key("feature_details")
                writer.object { writer in
                    writer.key("neuronpedia_source_set")
                    writer.value(sourceSet)
                }
            }
            if transcoderSet != nil || !sourceURLs.isEmpty || vocabularySize != nil {
                writer.key("info")
                writer.object { writer in
                    writer.key("source_urls")
                    writer.value(sourceURLs)
                    if let transcoderSet {
                        writer.key("transcoder_set")
                        writer.value(transcoderSet)
                    }
                    if let vocabularySize {
                        writer.key("vocabulary_size")
                        writer.value(vocabularySize)
                    }
                }
            }
            if let edgeThreshold {
                writer.key("pruning_settings")
                writer.object { writer in
                    writer.key("node_threshold")
                    writer.value(nodeThreshold)
                    writer.key("edge_threshold")
                    writer.value(edgeThreshold)
                }
            }
        }
    }
}

extension GraphDocument.ViewSettings {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("pinnedIds")
            writer.value(pinnedIDs)
            writer.key("supernodes")
            writer.array { writer in
                for supernode in supernodes { writer.value(supernode) }
            }
            writer.key("linkType")
            writer.value("both")
            writer.key("clickedId")
            writer.value("")
            writer.key("sg_pos")
            writer.value("")
        }
    }
}

extension GraphDocument.Node {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("node_id")
            writer.value(name.id)
            writer.key("feature")
            writer.value(name.featureNumber)
            writer.key("layer")
            writer.value(name.layerName)
            writer.key("ctx_idx")
            writer.value(name.position)
            writer.key("feature_type")
            writer.value(name.featureType)
            writer.key("token_prob")
            writer.value(tokenProbability)
            writer.key("is_target_logit")
            writer.value(isTargetLogit)
            writer.key("run_idx")
            writer.value(0)
            writer.key("reverse_ctx_idx")
            writer.value(0)
            writer.key("jsNodeId")
            writer.value(name.scriptID)
            writer.key("clerp")
            writer.value(label)
            writer.key("influence")
            writer.value(influence)
            writer.key("activation")
            writer.value(activation)
            // This program's own: what it is not told by stays a person's name.
            if labelIsAutomatic {
                writer.key("label_is_automatic")
                writer.value(true)
            }
        }
    }
}

extension GraphDocument.Link {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("source")
            writer.value(source.id)
            writer.key("target")
            writer.value(target.id)
            writer.key("weight")
            writer.value(weight)
        }
    }
}

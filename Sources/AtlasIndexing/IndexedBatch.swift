import AtlasStore
import Texts

/// The records of a batch by what is to be done with each.
struct IndexedBatch {
    /// The first record of each text that has to be computed.
    private(set) var new: [CorpusRecord] = []
    /// The other records: their ids and tags are added to the stored text.
    private(set) var known: [CorpusRecord] = []
    /// Those of `known` with the first answer to a text that is stored without one: only the model can judge it.
    private(set) var answering: [CorpusRecord] = []
    /// Answers that are left out.
    private(set) var notes: [CorpusNote] = []

    /// Looks the texts up.
    ///
    /// - Parameter repeated: knows the whole corpus, for messages
    init(
        _ batch: [CorpusRecord], writer: AtlasWriter, reader: PromptReader, repeated: inout RepeatedAnswers
    ) throws(AtlasError) {
        var missing = Set(
            try writer.missing(texts: batch.map(\.text), needGraphs: !reader.options.activationsOnly)
                .map { ExactText($0) })
        var answers: [ExactText: String] = [:]
        let stored = try writer.answers(of: batch.filter { $0.answer != nil }.map(\.text))
        for (text, answer) in stored { answers[ExactText(text)] = answer }
        for record in batch {
            let text = ExactText(record.text)
            let isNew = missing.remove(text) != nil
            if isNew { new.append(record) } else { known.append(record) }
            let firstPlace = repeated.firstPlace(of: record)
            guard let answer = record.answer else { continue }
            guard let kept = answers[text] else {
                answers[text] = answer
                if !isNew { answering.append(record) }
                continue
            }
            if ExactText(kept) != ExactText(answer) {
                notes.append(
                    CorpusNote(
                        place: record.place, kind: .otherAnswer(found: answer, kept: kept, place: firstPlace)))
            }
        }
    }
}

/// Reads one corpus format, record by record.
protocol CorpusReader {
    /// The next record, or `nil` at the end.
    ///
    /// After an error that does not end the input, the next call gives the record behind the malformed one.
    mutating func next() throws(CorpusError) -> CorpusRecord?
}

extension Dictionary where Value: BinaryFloatingPoint {
    /// Keeps, of the numbers offered for a key, the one of largest size, with its sign; the first of equals.
    mutating func keepStrongest(_ value: Value, of key: Key) {
        if let known = self[key], value.magnitude <= known.magnitude { return }
        self[key] = value
    }
}

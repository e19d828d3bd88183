/// The Unicode versions that the parts of the reference were built with.
///
/// What a later version assigned is unassigned to that part: in no class, and inert in normalization. Found by
/// comparing `tokenizers` 0.22.2 with this standard library's properties over all scalars.
enum ReferenceUnicode: Int {
    /// Normalization (the crate `unicode-normalization-alignments`).
    case normalization = 9
    /// Regular expressions (Oniguruma, and the crate `regex` for the surroundings of added tokens).
    case regularExpressions = 16

    /// Whether a scalar is newer than this version.
    func predates(_ properties: Unicode.Scalar.Properties) -> Bool {
        guard let age = properties.age else { return false }
        return age.major > rawValue || (age.major == rawValue && age.minor > 0)
    }
}

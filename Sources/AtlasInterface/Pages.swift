/// The pages' own files, as they lie in the folder `Pages` of this module.
public enum Pages {
    /// Names and texts, in order of name.
    public static var files: [(name: String, text: String)] { EmbeddedPages.files }
}

import Foundation

/// The pages of files that the system keeps in memory.
enum FilePages {
    /// Asks the system to forget those of all files in folders; where it cannot be asked, nothing is done.
    static func forget(folders: [String]) {
        #if os(Linux)
            for folder in folders {
                let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
                for name in names {
                    let file = open(folder + "/" + name, O_RDONLY)
                    guard file >= 0 else { continue }
                    // Pages that are not written yet would stay.
                    fdatasync(file)
                    _ = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
                    close(file)
                }
            }
        #endif
    }
}

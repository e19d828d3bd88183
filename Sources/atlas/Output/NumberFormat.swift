import Foundation

extension Double {
    /// With `digits` after the point.
    func fixed(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }

    /// With an explicit sign and `digits` after the point.
    func signed(_ digits: Int) -> String { String(format: "%+.\(digits)f", self) }

    /// With an explicit sign and so many significant digits; 0 as `0`.
    func significant(_ digits: Int) -> String { self == 0 ? "0" : String(format: "%+.\(digits)g", self) }

    /// With so many significant digits, as a p-value is read: `0.034`, `1.2e-08`.
    func plain(_ digits: Int) -> String { String(format: "%.\(digits)g", self) }

    /// As a share of one hundred.
    func percent(_ digits: Int = 0) -> String { String(format: "%.\(digits)f %%", 100 * self) }
}

extension Int {
    /// With a comma every three digits.
    var grouped: String {
        var digits = String(magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }
}

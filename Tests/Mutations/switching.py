"""Writes mutants into a source so that one build holds them all: each is off until the environment names its number.

An operator becomes an operator of its own with the same precedence, a number gets a prefix operator, a statement a
condition; text of SQL is interpolated. What each does stands behind the file's last line, private to it.
"""

import re

# Characters that Swift takes for operators, one a mutant: arrows and mathematical signs, box drawings and shapes.
SYMBOLS = [chr(code) for code in list(range(0x2190, 0x2400)) + list(range(0x2500, 0x2776))]

# The file that each target with mutants gets beside its own.
SWITCH = """import Foundation

/// The mutant that is on, by its number.
private let mutantInForce = ProcessInfo.processInfo.environment["FEATURE_ATLAS_MUTANT"].flatMap { Int($0) } ?? -1

/// A file with a byte for each mutant, which becomes 1 where the mutant's place is reached.
private nonisolated(unsafe) let reached: UnsafeMutablePointer<UInt8>? = {
    guard let path = ProcessInfo.processInfo.environment["FEATURE_ATLAS_REACHED"] else { return nil }
    let file = open(path, O_RDWR)
    guard file >= 0, let bytes = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) else { return nil }
    return bytes.assumingMemoryBound(to: UInt8.self)
}()

func isMutated(_ number: Int) -> Bool {
    if let reached { reached[number] = 1 }
    return mutantInForce == number
}
"""

PRECEDENCES = {
    "+": "AdditionPrecedence", "-": "AdditionPrecedence", "*": "MultiplicationPrecedence",
    "/": "MultiplicationPrecedence", "&&": "LogicalConjunctionPrecedence", "||": "LogicalDisjunctionPrecedence",
    "..<": "RangeFormationPrecedence",
}


def switched(source, numbered):
    """The source with mutants: (number, site) pairs that do not overlap."""
    behind = []
    for number, site in sorted(numbered, key=lambda pair: -pair[1].start):
        place, declaration = written(number, site)
        source = source[:site.start] + place + source[site.end:]
        if declaration:
            behind.append(declaration)
    return source.rstrip("\n") + "\n" + "\n".join(reversed(behind)) + "\n"


def written(number, site):
    """What stands at the site, and what must be declared for it."""
    on, symbol, before, after = f"isMutated({number})", SYMBOLS[number], site.before, site.after
    if site.rule.startswith("sql"):
        return f'\\({on} ? "{after}" : "{before}")', None
    if site.rule == "omitted statement":
        return f"if !{on} {{ {before} }}", None
    if site.rule == "condition":
        return f"{symbol}({before})", prefix(symbol, "", "Bool", f"{on} ? !a : a")
    if site.rule == "negation":
        if before == "!":
            return symbol, prefix(symbol, "", "Bool", f"{on} ? a : !a")
        return symbol, prefix(symbol, "<T: SignedNumeric>", "T", f"{on} ? a : -a")
    if site.rule == "constant":
        if "." in before:
            return f"({symbol}{before})", prefix(symbol, "<T: BinaryFloatingPoint>", "T", f"{on} ? (a == 0 ? 1 : a * 1.25) : a")
        return f"({symbol}{before})", prefix(symbol, "<T: Numeric>", "T", f"{on} ? a + 1 : a")
    if site.rule == "extreme":
        name = f"extreme{number}"
        return name, "\n".join(
            f"@inline(__always) fileprivate func {name}<T: Comparable>({parameters}) -> T "
            f"{{ {on} ? Swift.{after}({names}) : Swift.{before}({names}) }}"
            for parameters, names in (("_ a: T, _ b: T", "a, b"), ("_ a: T, _ b: T, _ c: T", "a, b, c")))
    if site.rule == "magnitude":
        return f"magnitude{number}", (
            f"extension Numeric where Magnitude == Self {{ fileprivate var magnitude{number}: Self "
            f"{{ {on} ? self : magnitude }} }}")
    return symbol, infix(symbol, site, on)


def prefix(symbol, generic, kind, body):
    return (f"prefix operator {symbol}\n@inline(__always) fileprivate prefix func {symbol} {generic}(a: {kind}) -> {kind} "
            f"{{ {body} }}")


def infix(symbol, site, on):
    before, after = site.before, site.after
    precedence = PRECEDENCES.get(before) or (
        "AssignmentPrecedence" if before[1:] == "=" and before[0] in "+-*/" else "ComparisonPrecedence")
    lines = [f"infix operator {symbol}: {precedence}"]

    def function(generic, parameters, result, body, tail=""):
        lines.append(
            f"@inline(__always) fileprivate func {symbol} {generic}({parameters}) {tail}"
            f"{'-> ' + result + ' ' if result else ''}{{ {body} }}")

    numbers = {"+": ["AdditiveArithmetic"], "-": ["AdditiveArithmetic"], "*": ["Numeric"],
               "/": ["BinaryInteger", "FloatingPoint"]}.get(before[0])
    if precedence == "AssignmentPrecedence":
        changed = "" if site.rule == "omitted change" else f"a {after} b"
        for number in numbers:
            function(f"<T: {number}>", "a: inout T, b: T", None,
                     f"if {on} {{ {changed} }} else {{ a {before} b }}")
    elif site.rule in ("sign", "dropped term", "dropped factor"):
        changed = "a" if site.rule.startswith("dropped") else f"a {after} b"
        for number in numbers:
            function(f"<T: {number}>", "a: T, b: T", "T", f"{on} ? {changed} : a {before} b")
        for pointer in ("Pointer<T>", "MutablePointer<T>") if before in "+-" else ():
            kind = "Unsafe" + pointer
            function("<T>", f"a: {kind}, b: Int", kind, f"{on} ? {changed} : a {before} b")
    elif site.rule == "logic":
        for name in ("Bool",):
            function("", f"a: {name}, b: @autoclosure () throws -> Bool", "Bool",
                     f"{on} ? try a {after} b() : try a {before} b()", "rethrows ")
    elif site.rule == "bound":
        function("<T: Strideable>", "a: T, b: T", "Range<T>",
                 f"{on} ? a..<Swift.max(a, b.advanced(by: -1)) : a..<b", "")
    else:
        kind = "Equatable" if before in ("==", "!=") else "Comparable"
        function(f"<T: {kind}>", "a: T, b: T", "Bool", f"{on} ? a {after} b : a {before} b")
        for count in (2, 3, 4):
            names = [chr(ord("A") + place) for place in range(count)]
            generic = "<" + ", ".join(f"{name}: {kind}" for name in names) + ">"
            tuple_type = "(" + ", ".join(names) + ")"
            function(generic, f"a: {tuple_type}, b: {tuple_type}", "Bool", f"{on} ? a {after} b : a {before} b")
    return "\n".join(lines)


def symbols_in(text):
    """The numbers of the mutants whose operators a message names."""
    found = {SYMBOLS.index(symbol) for symbol in set(text) if symbol in SYMBOLS}
    return found | {int(number) for number in re.findall(r"(?:extreme|magnitude)(\d+)", text)}

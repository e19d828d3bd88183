/// How many threads share one product with a large stored weight: one, unless whoever computes for a single prompt says more.
///
/// A prompt of few tokens reads each weight once, and one thread alone does not use a machine's memory up. What the product
/// gives does not depend on it: weights are cut in the same blocks, however many threads take them.
public enum ProductThreads {
    /// Of the running task; inside ``inParallel(count:jobs:_:)`` it is one again.
    @TaskLocal public static var count = 1
}

using Microsoft.CodeAnalysis;

namespace Pier
{
    /// <summary>
    /// Select without System.Linq's. That one asks the source's iterator by a generic virtual call, for which NativeAOT compiles every kind
    /// of iterator for every pair of types in the program: 60,000 methods and a third of the binary. Found before System.Linq's because the
    /// namespace is nearer (C# specification, extension method invocations); compiled into every room.
    /// </summary>
    [Embedded]
    static class Sequences
    {
        public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, TResult> selector)
        {
            foreach (var item in source)
                yield return selector(item);
        }

        /// <summary>With the position, from 0.</summary>
        public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, int, TResult> selector)
        {
            var position = 0;
            foreach (var item in source)
                yield return selector(item, position++);
        }
    }
}

namespace Microsoft.CodeAnalysis
{
    /// <summary>The compiler's mark of types that no other assembly sees, friends included.</summary>
    [Embedded]
    sealed class EmbeddedAttribute : Attribute;
}

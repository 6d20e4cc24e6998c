using Pier.Model;

namespace Pier.Store.Archives;

/// <summary>An image that an archive holds: its target, now in the content store, and the names that the archive gives it.</summary>
sealed record ArchivedImage(Descriptor Target, IReadOnlyList<ImageReference> Names);

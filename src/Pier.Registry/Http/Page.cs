using System.Globalization;
using Pier.Model.Distribution;

namespace Pier.Registry.Http;

/// <summary>A part of a list: at most Size entries after Last; null for all (OCI distribution spec, "Listing Tags").</summary>
readonly record struct Page(int? Size, string? Last)
{
    /// <summary>Larger pages are answered as far as this, with a link to the rest.</summary>
    public const int MaxSize = 10_000;

    /// <summary>Reads n and last; throws PAGINATION_NUMBER_INVALID.</summary>
    public static Page Of(RegistryRequest request)
    {
        var last = request.Query("last");
        if (request.Query("n") is not { } text)
            return new Page(null, last);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size) && size >= 0
            ? new Page(size, last)
            : throw new RegistryException(400, RegistryErrorCode.PaginationNumberInvalid, "invalid number of results requested");
    }

    /// <summary>Cuts a sorted list to the page and says in a Link header (RFC 5988) where it goes on.</summary>
    public string[] Cut(RegistryRequest request, IReadOnlyList<string> sorted, string path)
    {
        var last = Last;
        var rest = last is null ? sorted : [.. sorted.Where(s => string.CompareOrdinal(s, last) > 0)];
        var size = Math.Min(Size ?? MaxSize, MaxSize);
        var page = rest.Take(size).ToArray();
        if (page.Length > 0 && page.Length < rest.Count)
            request.Response.Headers.Link = string.Create(
                CultureInfo.InvariantCulture,
                $"<{path}?n={size}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\""
            );
        return page;
    }
}

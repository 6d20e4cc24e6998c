using Pier.Model;

namespace Pier.Distribution.Transport;

/// <summary>Reads small bodies whole, but never more than a limit.</summary>
static class BoundedBody
{
    /// <summary>Throws <see cref="InvalidParameterException"/> for a longer body, IOException for one that was cut off.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage answer, int limit, CancellationToken ct)
    {
        if (answer.Content.Headers.ContentLength > limit)
            throw TooLong(answer, limit);
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0; )
        {
            if (bytes.Length + read > limit)
                throw TooLong(answer, limit);
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }

    static InvalidParameterException TooLong(HttpResponseMessage answer, int limit) =>
        new($"the answer to {answer.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)} is larger than {limit} bytes");
}

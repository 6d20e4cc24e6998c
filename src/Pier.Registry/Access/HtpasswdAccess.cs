using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;

namespace Pier.Registry.Access;

/// <summary>Basic authentication against a file of `htpasswd -B`. Whoever has a password may do everything.</summary>
sealed class HtpasswdAccess(string path, string realm) : IAccessControl
{
    const int MaxRemembered = 4096,
        MaxAtOnce = 2;

    // Checked when the user is unknown, so that the time of an answer tells nothing.
    const string Decoy = "$2y$10$869oAvziMt6rLPItywAiPeWxt..UBxwrA9OGhBzf9ZWg2/05H.gvG";

    readonly HtpasswdFile _file = new(path);
    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    readonly ConcurrentDictionary<string, bool> _remembered = [];
    readonly SemaphoreSlim _atOnce = new(MaxAtOnce);

    public async ValueTask<AccessDecision> DecideAsync(HttpRequest request, IReadOnlyList<TokenAccess> needed, CancellationToken ct) =>
        TryCredentials(request, out var user, out var password) && await IsPasswordAsync(user, password, ct)
            ? AccessDecision.Yes
            : new AccessDecision(false, $"Basic realm=\"{Quoted(realm)}\"");

    public ValueTask<bool> AlsoAllowsAsync(HttpRequest request, TokenAccess wanted, CancellationToken ct) => ValueTask.FromResult(true);

    // bcrypt is slow on purpose; a pull of many layers must not pay for it again and again.
    async ValueTask<bool> IsPasswordAsync(string user, string password, CancellationToken ct)
    {
        var hash = _file.HashOf(user);
        var proof = Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{hash}\n{user}\n{password}")));
        if (_remembered.ContainsKey(proof))
            return true;
        await _atOnce.WaitAsync(ct);
        try
        {
            if (!await Task.Run(() => Bcrypt.Verify(password, hash ?? Decoy), ct) || hash is null)
                return false;
        }
        finally
        {
            _atOnce.Release();
        }
        if (_remembered.Count >= MaxRemembered)
            _remembered.Clear();
        _remembered[proof] = true;
        return true;
    }

    static bool TryCredentials(HttpRequest request, out string user, out string password)
    {
        (user, password) = ("", "");
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return false;
        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64Chars(header.AsSpan("Basic ".Length).Trim(), buffer, out var length))
            return false;
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':');
        if (colon <= 0)
            return false;
        (user, password) = (text[..colon], text[(colon + 1)..]);
        return true;
    }

    static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}

using System.Net;
using Pier.Build.Sources.Http;
using Pier.Model;

namespace Pier.Build.Sources.Git;

/// <summary>A remote that was looked at before git is let to it.</summary>
/// <param name="Address">What git is given.</param>
/// <param name="Shown">The same without a password.</param>
/// <param name="Protocols">What git may speak, for it and for its submodules: GIT_ALLOW_PROTOCOL.</param>
/// <param name="Options">Options of git that pin the host to the address that was checked.</param>
sealed record GitRemote(string Address, string Shown, string Protocols, IReadOnlyList<string> Options)
{
    /// <summary>
    /// Checks where a remote is, and follows its redirects. Throws <see cref="ForbiddenException"/>, <see
    /// cref="InvalidParameterException"/>.
    /// </summary>
    public static async Task<GitRemote> OpenAsync(string remote, CancellationToken ct)
    {
        await CheckAsync(remote, ct);
        if (!Uri.TryCreate(remote, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return new GitRemote(remote, WithoutPassword(remote), "https:ssh:git", []);
        var final = await FollowAsync(uri, ct);
        var addresses = await new RemoteAddressPolicy().ResolveAsync(final.IdnHost, isRedirect: false, ct);
        string[] options = IPAddress.TryParse(final.Host.Trim('[', ']'), out _)
            ? []
            : ["-c", $"http.curloptResolve={final.IdnHost}:{final.Port}:{string.Join(',', addresses.Select(a => a.ToString()))}"];
        var protocols = final.Scheme == "http" ? "http:https:ssh:git" : "https:ssh:git";
        return new GitRemote(final.AbsoluteUri, WithoutPassword(final.AbsoluteUri), protocols, options);
    }

    /// <summary>Whether a remote, or a submodule's, may be asked at all.</summary>
    public static async Task CheckAsync(string remote, CancellationToken ct)
    {
        if (HostOf(remote) is not { Length: > 0 } host || host[0] == '-' || remote.StartsWith('-'))
            throw new InvalidParameterException($"invalid git remote {WithoutPassword(remote)}");
        await new RemoteAddressPolicy().ResolveAsync(host, isRedirect: false, ct);
    }

    static string? HostOf(string remote)
    {
        if (remote.Any(char.IsControl))
            return null;
        if (remote.Contains("://"))
            return
                Uri.TryCreate(remote, UriKind.Absolute, out var uri)
                && uri.Scheme is "http" or "https" or "git" or "ssh"
                && !uri.UserInfo.StartsWith('-')
                ? uri.IdnHost
                : null;
        var (at, colon) = (remote.IndexOf('@'), remote.IndexOf(':'));
        return colon > at && at > 0 && !remote[(colon + 1)..].StartsWith('-') && !remote.Contains("::") ? remote[(at + 1)..colon] : null;
    }

    // Repositories move: the first request says where to.
    static async Task<Uri> FollowAsync(Uri remote, CancellationToken ct)
    {
        const string Probe = "/info/refs";
        using var fetcher = new HttpFetcher();
        var builder = new UriBuilder(remote);
        builder.Path = builder.Path.TrimEnd('/') + Probe;
        builder.Query = "service=git-upload-pack";
        var (answer, final) = await fetcher.GetAsync(builder.Uri, _ => { }, ct);
        answer.Dispose();
        if (!final.AbsolutePath.EndsWith(Probe, StringComparison.Ordinal))
            return remote;
        var found = new UriBuilder(final) { Query = "", Path = final.AbsolutePath[..^Probe.Length] };
        if (found.Host == remote.Host && found.Port == remote.Port)
            (found.UserName, found.Password) = (new UriBuilder(remote).UserName, new UriBuilder(remote).Password);
        return found.Uri;
    }

    static string WithoutPassword(string remote) =>
        Uri.TryCreate(remote, UriKind.Absolute, out var uri) && uri.UserInfo.Contains(':')
            ? new UriBuilder(uri) { Password = "xxxxx" }
                .Uri
                .AbsoluteUri
            : remote;
}

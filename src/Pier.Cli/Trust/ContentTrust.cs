using Pier.Cli.CommandLines;
using Pier.Cli.Images;
using Pier.Cli.Manifests;
using Pier.Cli.Registries;
using Pier.Cli.Transport;
using Pier.Model;
using Pier.Model.Trust;

namespace Pier.Cli.Trust;

/// <summary>
/// What DOCKER_CONTENT_TRUST=1 or --disable-content-trust=false ask for: only signed images come in, and what goes out is signed.
/// </summary>
static class ContentTrust
{
    /// <summary>The option wins over the variable.</summary>
    public static bool IsOn(Invocation call) =>
        !call.Line.Flag(
            "disable-content-trust",
            missing: call.Environment.Variable("DOCKER_CONTENT_TRUST") is null or "" or "0" or "false"
        );

    /// <summary>
    /// The image by the digest that a trusted key signed. A name that is a digest already needs no signature; nor does what the policy lets
    /// go.
    /// </summary>
    public static ImageReference Resolve(Invocation call, string image)
    {
        var (name, store) = (Fetching.Parse(image), new TrustStore(call.Config.Directory));
        var keys = store.TrustedFor(name);
        if (name.Digest is not null || keys.Count == 0 && store.Trusted.Count > 0)
            return name;
        using var door = Fetching.Open(call, name);
        var target = Fetching.Manifest(door, name).Descriptor.Digest;
        return store.SignersOf(target, Signatures(door, name, target), keys).Count > 0
            ? name.WithDigest(target)
            : throw new CliFailure(
                $"Error: remote trust data does not exist for {name.Name}: no trusted key signed {name.Familiar} ({target})"
            );
    }

    /// <summary>Pulls what was signed, and gives it the name that was asked for.</summary>
    public static void Pull(Invocation call, string image, Action<string> pull)
    {
        var (name, trusted) = (Fetching.Parse(image), Resolve(call, image));
        if (trusted == name)
        {
            pull(image);
            return;
        }
        call.Out.WriteLine($"Pull (1 of 1): {name.Familiar}@{trusted.Digest}");
        call.Out.Flush();
        pull(trusted.Familiar);
        call.Client.Call(
            "POST",
            new QueryString($"/images/{QueryString.Escape(trusted.Familiar)}/tag")
                .Add("repo", name.FamiliarName)
                .Add("tag", name.Tag)
                .ToString()
        );
        call.Out.WriteLine($"Tagging {trusted.Familiar} as {name.Familiar}");
    }

    /// <summary>Adds the user's signature to a digest in its registry. The key: the one that is named, or the only one.</summary>
    public static void Sign(Invocation call, ImageReference name, Digest target, string? keyName)
    {
        var store = new TrustStore(call.Config.Directory);
        keyName ??= store.Own switch
        {
            [var only] => only,
            [] => throw new CliFailure("no signing key: make one by \"trust key generate NAME\""),
            _ => throw new CliFailure($"which key signs? Name one of {string.Join(", ", store.Own)} by --key or PIER_TRUST_KEY"),
        };
        using var key = store.OpenPrivate(keyName, Passphrase.Ask(call, $"Enter passphrase for {keyName} key: "));
        using var door = Fetching.Open(call, name);
        var subject = Fetching.Manifest(door, name.WithDigest(target)).Descriptor;
        var before = Signatures(door, name, target).Where(s => !s.IsOf(target, key));
        Try(() => door.PutSignatures(name, subject, [.. before, ImageSignature.Make(name, target, key)]));
        call.Out.WriteLine($"Successfully signed {name.Familiar} ({target}) with key {keyName}");
    }

    /// <summary>Takes the user's own signatures of a digest away; false when there were none.</summary>
    public static bool Revoke(Invocation call, ImageReference name)
    {
        var store = new TrustStore(call.Config.Directory);
        using var door = Fetching.Open(call, name);
        var subject = Fetching.Manifest(door, name).Descriptor;
        var signatures = Signatures(door, name, subject.Digest);
        var kept = signatures.Where(s => store.SignersOf(subject.Digest, [s], store.Own).Count == 0).ToArray();
        if (kept.Length == signatures.Count)
            return false;
        Try(() => door.PutSignatures(name, subject, kept));
        return true;
    }

    public static IReadOnlyList<ImageSignature> Signatures(IRegistryDoor door, ImageReference name, Digest subject)
    {
        try
        {
            return door.Signatures(name, subject);
        }
        catch (EngineException e)
        {
            throw new CliFailure(e.Message);
        }
    }

    static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (EngineException e)
        {
            throw new CliFailure(e.Message);
        }
    }
}

using Pier.Cli.Registries;
using Pier.Distribution;
using Pier.Distribution.Credentials;
using Pier.Distribution.Push;
using Pier.Model;
using Pier.Model.Trust;

namespace Pier.Registries;

/// <summary>Registries for the client's own commands, with the user's credentials.</summary>
sealed class ClientRegistryDoor(RegistryClient client) : IRegistryDoor
{
    public static IRegistryDoor Open(string configDirectory, string? insecureDomain) =>
        new ClientRegistryDoor(
            new RegistryClient(
                new RegistryClientOptions
                {
                    Credentials = new DockerConfigCredentials(Path.Combine(configDirectory, "config.json")),
                    InsecureRegistries = insecureDomain is null ? [] : [insecureDomain],
                }
            )
        );

    public RegistryDocument? Manifest(ImageReference name) =>
        Task.Run(() => client.ManifestAsync(name)).GetAwaiter().GetResult() is { } found
            ? new RegistryDocument(found.Descriptor, found.Bytes)
            : null;

    public byte[] Document(ImageReference repository, Descriptor blob) =>
        Task.Run(() => client.DocumentAsync(repository, blob)).GetAwaiter().GetResult();

    public IReadOnlyList<ImageSignature> Signatures(ImageReference repository, Digest subject) =>
        Task.Run(() => client.SignaturesAsync(repository, subject)).GetAwaiter().GetResult();

    public void PutSignatures(ImageReference repository, Descriptor subject, IReadOnlyList<ImageSignature> signatures) =>
        Task.Run(() => client.PutSignaturesAsync(repository, subject, signatures)).GetAwaiter().GetResult();

    public void PushIndex(ImageReference name, RegistryDocument index, IReadOnlyList<ListMember> members)
    {
        var source = new RegistrySource(
            client,
            name.Domain,
            index.Bytes,
            [.. members.Select(m => new RegistrySourceMember(m.From, m.Document.Bytes))]
        );
        Task.Run(() => client.PushAsync(name, index.Descriptor, source)).GetAwaiter().GetResult();
    }

    public void Dispose() => client.Dispose();
}

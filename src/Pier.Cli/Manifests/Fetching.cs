using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Model;

namespace Pier.Cli.Manifests;

/// <summary>Names and manifests, as the commands of `manifest` ask for them.</summary>
static class Fetching
{
    public static ImageReference Parse(string text) =>
        ImageReference.TryParse(text, out var name) ? name.WithDefaultTag() : throw new CliFailure($"invalid reference format: {text}");

    public static IRegistryDoor Open(Invocation call, ImageReference name) =>
        (call.Environment.Registries ?? throw new CliFailure("this program cannot reach registries"))(
            call.Config.Directory,
            call.Line.Flag("insecure") ? name.Domain : null
        );

    public static RegistryDocument Manifest(IRegistryDoor door, ImageReference name)
    {
        try
        {
            return door.Manifest(name) ?? throw new CliFailure($"no such manifest: {name}");
        }
        catch (EngineException e)
        {
            throw new CliFailure(e.Message);
        }
    }

    /// <summary>A manifest's descriptor with the platform that its configuration tells.</summary>
    public static Descriptor WithPlatform(IRegistryDoor door, ImageReference name, RegistryDocument manifest)
    {
        try
        {
            var config = ImageDocument.Manifest(manifest.Bytes, manifest.Descriptor.MediaType).Config;
            return manifest.Descriptor with { Platform = ImageDocument.Config(door.Document(name, config)).Platform };
        }
        catch (EngineException e)
        {
            throw new CliFailure(e.Message);
        }
    }
}

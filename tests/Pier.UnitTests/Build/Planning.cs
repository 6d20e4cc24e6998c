using System.Text;
using Pier.Build.Frontend;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.UnitTests.Build;

/// <summary>
/// Plans Dockerfiles over images that are made up here: what the resolver answers is all that the frontend knows of an image.
/// </summary>
sealed class Planning : IImageResolver
{
    /// <summary>A vertex and everything below it.</summary>
    public static IEnumerable<Vertex> All(Vertex root) => root.Inputs.SelectMany(All).Append(root);

    /// <summary>By full name.</summary>
    public Dictionary<string, ContainerConfig> Images { get; } = [];

    /// <summary>What was asked for: "name platform".</summary>
    public List<string> Asked { get; } = [];

    public Task<ResolvedImage> ResolveAsync(string reference, Platform platform, bool pull, CancellationToken ct)
    {
        lock (Asked)
            Asked.Add($"{reference} {platform}{(pull ? " pull" : "")}");
        if (reference == "missing")
            throw new NotFoundException("pull access denied for missing");
        var config = Images.GetValueOrDefault(Full(reference)) ?? new ContainerConfig { Env = ["PATH=/usr/bin:/bin"], Cmd = ["sh"] };
        var image = new ImageConfig
        {
            Architecture = platform.Architecture,
            Os = "linux",
            Config = config,
            RootFs = new RootFs { DiffIds = [Digest.Of([1])] },
        };
        return Task.FromResult(new ResolvedImage(Digest.Of(Encoding.UTF8.GetBytes(reference)), image));
    }

    public static string Full(string reference) =>
        ImageReference.TryParse(reference, out var parsed) ? parsed.WithDefaultTag().ToString() : reference;

    public static DockerfileInput Input(string text) =>
        new()
        {
            Text = Encoding.UTF8.GetBytes(text),
            Platform = new Platform { Os = "linux", Architecture = "amd64" },
            BuildPlatform = new Platform { Os = "linux", Architecture = "amd64" },
        };

    public Task<BuildPlan> PlanAsync(string text, Func<DockerfileInput, DockerfileInput>? options = null) =>
        DockerfileFrontend.PlanAsync((options ?? (i => i))(Input(text)), this, CancellationToken.None);

    public BuildPlan Plan(string text, Func<DockerfileInput, DockerfileInput>? options = null) =>
        PlanAsync(text, options).GetAwaiter().GetResult();

    public static BuildPlan Of(string text, Func<DockerfileInput, DockerfileInput>? options = null) => new Planning().Plan(text, options);

    public static DockerfileException Fails(string text, Func<DockerfileInput, DockerfileInput>? options = null) =>
        Assert.Throws<DockerfileException>(() => Of(text, options));
}

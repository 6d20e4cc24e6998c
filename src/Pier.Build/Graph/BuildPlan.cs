using Pier.Model;

namespace Pier.Build.Graph;

/// <summary>What a frontend makes of its input: the tree to make, and the image that carries it.</summary>
public sealed record BuildPlan
{
    public required Vertex Root { get; init; }

    /// <summary>The image's configuration without root file system, history and times, which the export knows.</summary>
    public required ContainerConfig Config { get; init; }
    public required Platform Platform { get; init; }
    public string Author { get; init; } = "";

    /// <summary>The image that the final stage stands on, for its layers and its history; null over scratch.</summary>
    public ImageConfig? BaseImage { get; init; }

    /// <summary>Every instruction of the stages that are needed, in the order of the file.</summary>
    public required IReadOnlyList<BuildInstruction> Instructions { get; init; }

    /// <summary>SOURCE_DATE_EPOCH: the time of everything that the build makes, or null for now.</summary>
    public DateTimeOffset? SourceDate { get; init; }

    /// <summary>The image says which steps made its layers, so that it is a cache for other builders.</summary>
    public bool InlineCache { get; init; }

    /// <summary>What the user should know: deprecated forms, likely mistakes.</summary>
    public IReadOnlyList<BuildWarning> Warnings { get; init; } = [];
}

/// <summary>One instruction: what the classic stream calls a step.</summary>
public sealed record BuildInstruction
{
    /// <summary>As in the file, in one line, variables not expanded: "RUN make".</summary>
    public required string Text { get; init; }

    /// <summary>
    /// What the image's history says of it: "RUN /bin/sh -c make # buildkit", "CMD [\"sh\"]"; "" for what is no part of it: FROM, ARG
    /// before FROM.
    /// </summary>
    public required string CreatedBy { get; init; }

    /// <summary>The tree after it; the tree before it when it changes the configuration alone.</summary>
    public required Vertex Result { get; init; }
    public required bool ChangesTree { get; init; }

    /// <summary>The configuration after it.</summary>
    public required ContainerConfig Config { get; init; }

    /// <summary>
    /// Which stage it belongs to, from 0 (-1: an ARG before the first), and whether the image is made of it: of the final stage and those
    /// it stands on.
    /// </summary>
    public required int Stage { get; init; }
    public required bool IsFinalStage { get; init; }

    /// <summary>It comes from the base image (ONBUILD) and is no line of the file.</summary>
    public bool IsTrigger { get; init; }

    /// <summary>The lines in the Dockerfile, from 1, both included.</summary>
    public required int Line { get; init; }
    public required int LastLine { get; init; }
}

/// <summary>A warning at a place of the Dockerfile.</summary>
public sealed record BuildWarning(string Code, string Message, int Line)
{
    /// <summary>What its check is about, and the page that explains it; "" for what is no check.</summary>
    public string Description { get; init; } = "";
    public string Address { get; init; } = "";
}

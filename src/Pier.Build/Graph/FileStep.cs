namespace Pier.Build.Graph;

/// <summary>Copies and makes files on a tree without a process: COPY, ADD, WORKDIR.</summary>
public sealed class FileStep : Vertex
{
    public required Vertex Base { get; init; }
    public required IReadOnlyList<FileAction> Actions { get; init; }

    /// <summary>COPY --link: a layer that does not depend on what lies below it.</summary>
    public bool Linked { get; init; }

    public override IReadOnlyList<Vertex> Inputs => [Base, .. Actions.OfType<CopyAction>().Select(a => a.From)];
}

/// <summary>One change of a <see cref="FileStep"/>; they are done in order and make one layer.</summary>
public abstract record FileAction
{
    /// <summary>"user", "user:group" or ids, looked up in the base; "" leaves 0:0 (COPY) or what the archive says.</summary>
    public string Owner { get; init; } = "";

    /// <summary>--chmod: octal or symbolic (u=rw,go=r); null keeps the source's.</summary>
    public string? Mode { get; init; }
}

/// <summary>Copies from another tree.</summary>
public sealed record CopyAction : FileAction
{
    public required Vertex From { get; init; }

    /// <summary>
    /// Absolute paths in <see cref="From"/>, with Go's filepath.Match wildcards; they never lead out of it. With <see cref="KeepParents"/>
    /// a "/./" in one says where the part begins that is kept.
    /// </summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Absolute; a trailing slash makes it a directory.</summary>
    public required string Destination { get; init; }

    /// <summary>ADD: a local archive (tar; gzip, bzip2, xz, zstd) is unpacked. --unpack says it for downloads as well.</summary>
    public bool Unpack { get; init; }

    /// <summary>COPY --parents: the source's path is kept below the destination.</summary>
    public bool KeepParents { get; init; }

    /// <summary>COPY --exclude.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>The words of the instruction, for errors: "COPY failed: ...".</summary>
    public required string Instruction { get; init; }
}

/// <summary>Writes one file: a heredoc of COPY or ADD.</summary>
public sealed record WriteAction : FileAction
{
    public required string Destination { get; init; }

    /// <summary>The name that the heredoc gives the file where the destination is a directory.</summary>
    public required string FileName { get; init; }
    public required ReadOnlyMemory<byte> Content { get; init; }
}

/// <summary>Makes a directory and its parents unless it is there: WORKDIR.</summary>
public sealed record MakeDirectoryAction : FileAction
{
    public required string Path { get; init; }
}

namespace Pier.Model.Builds;

/// <summary>Where in its Dockerfile a build failed. Lines count from 1, both ends included.</summary>
/// <param name="Text">The whole file.</param>
/// <param name="Vertex">The step that failed, as the events name it; null for what is wrong in the file itself.</param>
public sealed record BuildFailure(string FileName, ReadOnlyMemory<byte> Text, int FirstLine, int LastLine, Digest? Vertex);

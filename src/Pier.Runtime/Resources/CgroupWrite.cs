namespace Pier.Runtime.Resources;

/// <summary>One value for one file of a group, and which part of the spec asked for it.</summary>
public sealed record CgroupWrite(string Controller, string File, string Value, string SpecPath);

namespace Pier.Model.Notation;

/// <summary>Truth as Docker's options, filters and variables spell it (Go's strconv.ParseBool).</summary>
public static class GoBool
{
    /// <summary>Null for any other text.</summary>
    public static bool? Parse(string? text) =>
        text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => null,
        };

    /// <summary>What Go says of a text that is none.</summary>
    public static string Error(string text) => $"strconv.ParseBool: parsing {GoQuote.Text(text)}: invalid syntax";
}

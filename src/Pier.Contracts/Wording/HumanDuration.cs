namespace Pier.Contracts;

/// <summary>Docker's rough durations, as in "Up 3 minutes": whole units, the next unit only past its double.</summary>
public static class HumanDuration
{
    public static string Describe(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < 1)
            return "Less than a second";
        if (seconds == 1)
            return "1 second";
        if (seconds < 60)
            return $"{seconds} seconds";
        var minutes = (long)duration.TotalMinutes;
        if (minutes == 1)
            return "About a minute";
        if (minutes < 60)
            return $"{minutes} minutes";
        var hours = (long)(duration.TotalHours + 0.5);
        if (hours == 1)
            return "About an hour";
        if (hours < 48)
            return $"{hours} hours";
        var wholeHours = (long)duration.TotalHours;
        if (hours < 24 * 7 * 2)
            return $"{wholeHours / 24} days";
        if (hours < 24 * 30 * 2)
            return $"{wholeHours / 24 / 7} weeks";
        if (hours < 24 * 365 * 2)
            return $"{wholeHours / 24 / 30} months";
        return $"{(long)(duration.TotalHours / 24 / 365)} years";
    }
}

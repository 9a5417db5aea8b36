namespace CustomStrategy.Rings;

/// <summary>A part of the users that gets a release before the next part does.</summary>
/// <param name="Name">What people call it, such as <c>internal</c>: 1 to 60 printable characters.</param>
/// <param name="Percent">The share of all traffic that the release takes once this ring has it, 1 to 99.</param>
public sealed record Ring(string Name, int Percent)
{
    /// <summary>How long the ring is watched before checks decide about it. From 0 to 7 days; default 5 minutes.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The role that says whether the next ring gets it, after the checks of this one; null when the checks suffice. Default null.</summary>
    public string? Gate { get; init; }
}

namespace Deployment.Flags;

/// <summary>
/// Two groups of users of one revision: those who have a flag, who are judged, and those who don't, with whom they are compared.
/// </summary>
/// <param name="Flag">The flag's name.</param>
/// <param name="Stage">Who has it, as the runbook says it, such as <c>groups internal; 10%</c>; <c>everyone</c> at the last stage, where nobody is left to compare with.</param>
public sealed record FlagCohort(string Flag, string Stage)
{
    /// <summary>What <see cref="Stage"/> is where nobody is left to compare with.</summary>
    internal const string Everyone = "everyone";

    internal bool IsEveryone => Stage == Everyone;
}

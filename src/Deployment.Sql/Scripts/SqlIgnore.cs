namespace Deployment.Sql.Scripts;

/// <summary>A rule that a script says is not for it.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Reason">Why.</param>
/// <param name="Line">Where that is said.</param>
internal sealed record SqlIgnore(string Rule, string Reason, int Line);

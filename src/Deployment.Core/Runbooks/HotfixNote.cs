namespace Deployment.Runbooks;

/// <summary>That a run is a hotfix.</summary>
/// <param name="Reason">Why.</param>
/// <param name="LeftOut">All that it does less than a usual run would, each a sentence.</param>
public sealed record HotfixNote(string Reason, IReadOnlyList<string> LeftOut);

namespace Deployment.Analysis;

/// <summary>Whose samples they are.</summary>
internal enum WatchSide
{
    Candidate,
    Baseline,
}

namespace Deployment.Execution;

/// <summary>How patient a taker of a run's lease is.</summary>
internal enum LeaseTaking
{
    /// <summary>Nobody has driven the run yet, and whoever is first does.</summary>
    Begin,

    /// <summary>A process has made the run and may be about to begin, or drives it: only a whole term of silence says that it is dead.</summary>
    Resume,

    /// <summary>A person knows that its holder is dead.</summary>
    Force,
}

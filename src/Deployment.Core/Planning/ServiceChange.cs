using Deployment.Store;

namespace Deployment.Planning;

/// <summary>The last run that changed what users have of a service.</summary>
/// <param name="Run">The run, which succeeded.</param>
/// <param name="InPlace">Whether it brought no release, so that going back keeps what is live and only closes what it opened.</param>
internal sealed record ServiceChange(RunRecord Run, bool InPlace);

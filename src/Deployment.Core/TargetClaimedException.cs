using System.Globalization;
using Deployment.Store;

namespace Deployment;

/// <summary>Another run holds a target. Nothing was changed.</summary>
public sealed class TargetClaimedException : DeploymentException
{
    internal TargetClaimedException(Claim claim)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"The target '{claim.Target}' is held by run {claim.RunId} since {claim.Since:u}. Nothing was changed. Resume that run (ResumeAsync), signal it to abort (SignalAsync with Signal.Abort), or supersede it (abort it, then deploy again)."))
        => Claim = claim;

    /// <summary>The claim in the way.</summary>
    public Claim Claim { get; }
}

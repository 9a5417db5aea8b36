using System.Globalization;
using Deployment.Store;

namespace Deployment;

/// <summary>Another run holds a target. Nothing was changed.</summary>
public sealed class TargetClaimedException : DeploymentException
{
    internal TargetClaimedException(Claim claim, Driver? driver)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"The target '{claim.Target}' is held by run {claim.RunId} since {claim.Since:u}. {Driving(driver)} Nothing was changed. {Advice(claim.RunId, driver)}"))
    {
        Claim = claim;
        Driver = driver;
    }

    /// <summary>The claim in the way.</summary>
    public Claim Claim { get; }

    /// <summary>Who drives the run in the way; null when nobody does.</summary>
    public Driver? Driver { get; }

    private static string Driving(Driver? driver) => driver is null ? "No process drives it." : $"It is driven by {driver}.";

    private static string Advice(string runId, Driver? driver)
    {
        string resume = $"ResumeAsync(\"{runId}\")";
        string abort = $"SignalAsync(\"{runId}\", Signal.Abort(\"your name\"))";
        string supersede = $"SupersedeAsync(\"{runId}\", release, \"your name\")";
        return driver?.Life switch
        {
            DriverLife.Runs => $"Wait until it has ended, or take it back by {abort}. If that process hangs, end it and go on by {resume}. To bring another release in its place: {supersede}.",
            null or DriverLife.Ended => $"Go on with it by {resume}, or take it back by {abort} and then {resume}. To bring another release in its place: {supersede}.",
            _ => $"If its process lives, wait until it has ended, or take it back by {abort}. If it is dead, go on with it by {resume}, after the signal if it is to be taken back. To bring another release in its place: {supersede}.",
        };
    }
}

using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>A target that can replace what runs by another revision, without hosting both.</summary>
public interface IUpdateInPlace
{
    /// <summary>Stops what runs and starts the revision in its place, taking all traffic. The users may notice a gap.</summary>
    Operation Update(Revision revision);

    /// <summary>Stops and removes whatever runs, leaving nothing: the way back from a first deployment.</summary>
    Operation Clear(RevisionId installed);
}

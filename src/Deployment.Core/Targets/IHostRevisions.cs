using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>A target that can host several revisions side by side.</summary>
public interface IHostRevisions
{
    /// <summary>Installs a revision without giving it traffic. It is idempotent: where the revision stands already, it makes sure that it runs.</summary>
    Operation Install(Revision revision);

    /// <summary>Stops and removes a revision that takes no traffic. It accepts one that was installed in part or not at all.</summary>
    Operation Remove(RevisionId revision);
}

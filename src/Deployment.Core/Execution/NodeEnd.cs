namespace Deployment.Execution;

/// <summary>How a node of the tree ended.</summary>
internal enum NodeEnd
{
    Done,
    Failed,

    /// <summary>It was interrupted: by an abort, or because other lanes failed.</summary>
    Stopped,
}

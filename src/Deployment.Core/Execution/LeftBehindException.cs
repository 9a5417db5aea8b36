namespace Deployment.Execution;

/// <summary>Work that went on although it was told to stop. Never tried again: its effect may still land.</summary>
internal sealed class LeftBehindException(Task work, TimeSpan patience)
    : DeploymentException($"It did not stop within {patience} of being asked to and was left behind; its effect may still land.")
{
    internal Task Work { get; } = work;
}

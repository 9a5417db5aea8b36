namespace Deployment.Store.Files;

/// <summary>Says in one sentence what an operating system's refusal means for the store and what to do about it.</summary>
internal static class StoreFailure
{
    internal static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException;

    internal static DeploymentException Of(string root, Exception exception) =>
        new($"The deployment store in {root} could not do its work: {exception.Message.TrimEnd('.')}. {Advice(root, exception)}", exception);

    private static string Advice(string root, Exception exception)
    {
        if (exception is UnauthorizedAccessException || exception.HResult is LibC.NotPermitted or LibC.NoAccess)
        {
            return "Run as the owner of that folder, or give the store a folder on a local file system that this user may write to.";
        }

        int error = exception.HResult;
        if (error == LibC.NoSpace || error == LibC.QuotaExceeded)
        {
            return $"The disk or the quota of {root} is full: free some space and resume.";
        }

        return error == LibC.ReadOnlyFileSystem
            ? $"The file system of {root} is read-only, which it also becomes after a disk error: look at the system's log, mount it for writing and resume."
            : "Check the disk and that the folder is on a local file system with hard links, then resume.";
    }
}

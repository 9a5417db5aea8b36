namespace Deployment.Providers.Local.Router.Http1;

/// <summary>How the body of an answer ends.</summary>
internal enum AnswerBodyKind
{
    None,
    Length,
    Chunked,
    ToEnd,
}

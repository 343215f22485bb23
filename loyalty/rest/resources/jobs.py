"""Jobs: how far the work in the background is."""

from loyalty.jobs.models import Job
from loyalty.rest import pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import jobs as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import jobs as shapes


class JobList(Resource):
    @operation("List jobs, the newest first", scope="read", answers={200: shapes.Jobs}, pages=True)
    def get(self, request):
        page, following = pagination.page(self.query, Job.objects.all())
        return answer(shapes.Jobs(data=[rows.job(row) for row in page], next_cursor=following))


class JobDetail(Resource):
    @operation("Read how far a job is", scope="read", answers={200: shapes.Job})
    def get(self, request, job_id):
        return answer(rows.job(Job.objects.by_public_id("job", job_id)))
